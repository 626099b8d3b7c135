"""The commands: what each verb does, callable from Python."""
