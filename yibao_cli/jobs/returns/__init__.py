"""What comes back: lists, photos, hand scanners; the account, the queue of cures, letters mailed again."""
