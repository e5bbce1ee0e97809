"""PostgreSQL, but given up when it has stopped to answer. (Django looks for a backend in a package.)"""
