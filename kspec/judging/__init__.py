"""How good predictions are: numbers, curves and the worst mistakes, made of arrays alone.

Every number is what scikit-learn gives for the same arrays, and is tested against it. What the rows do not let be told,
such as the area under a curve where they have one class only, is None, and a note says why.
"""
