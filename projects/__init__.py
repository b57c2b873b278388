"""Livelihood projects (民生实事项目): the people propose, representatives decide, government builds, all judge."""
