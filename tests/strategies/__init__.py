"""What hypothesis draws for the laws: texts, trees, programs, rules that can be run, and objects to run them on."""
