"""Looking for the figures of findings in the text of their source (`kb check --text`). The text is read, searched and forgotten."""
