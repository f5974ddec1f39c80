"""What people do with leads beside editing them."""
