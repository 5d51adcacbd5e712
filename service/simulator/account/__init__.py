"""What the stand-in account holds: surveys, respondents and answers, and how they change."""
