"""Raw leads in; assessed, routed and recorded leads out: one function for a batch, one lead is a batch of one."""
