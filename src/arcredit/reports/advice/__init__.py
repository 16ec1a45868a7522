"""The parts of the insurance advice."""
