"""What we hold about a person: handed out on request, erased on request, forgotten when its time is over."""
