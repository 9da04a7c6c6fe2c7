"""What the application has for its screens: the session, the work under way, the files that are watched."""
