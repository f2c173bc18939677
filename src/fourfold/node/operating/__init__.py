"""What an operator watches: health, metrics, logs; none of it tells content."""
