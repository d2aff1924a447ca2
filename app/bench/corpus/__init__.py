"""What the benches are fed with: sentences, spoken turns with exact ends, rooms and noises, all made by scripts."""
