"""Assessments and observations as tables, for those who outgrow Prometheus."""
