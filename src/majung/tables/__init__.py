"""Tables as people keep them: files opened whatever they were saved as, cells turned into arrays, problems gathered."""
