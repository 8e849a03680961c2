"""The only place that talks to a person: commands, options, views."""
