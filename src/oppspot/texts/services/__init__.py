"""What people and machines do with documents."""
