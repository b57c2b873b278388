"""Console commands of the dashboards."""
