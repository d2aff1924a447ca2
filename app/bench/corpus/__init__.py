"""What the benches are fed with, all made by these scripts: sentences, spoken turns with exact ends, rooms, noises."""
