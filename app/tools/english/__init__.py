"""What English commands have in common: politeness around them, and numbers in words. It knows no command itself."""
