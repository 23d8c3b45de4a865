"""What the service itself sends: changes of stage to Alertmanagers and notification services, and a digest."""
