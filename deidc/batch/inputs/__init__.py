"""Where inputs are and how they are opened: files, archives, media, path lists, URLs."""
