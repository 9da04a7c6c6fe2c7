"""Extensions that installed packages bring, and those that are switched off."""
