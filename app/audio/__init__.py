"""Sound without models: files, devices, voice activity, and the virtual microphone and speaker. Knows no engine."""
