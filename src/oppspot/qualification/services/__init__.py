"""What people and machines do with claims."""
