"""Demo content: data in content/, loaders beside it. Everything is made by calling the apps' actions."""
