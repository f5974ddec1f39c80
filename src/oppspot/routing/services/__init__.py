"""What people and clocks do with assignments and rules."""
