"""The state of a training: kept while it goes, and put back where it goes on."""
