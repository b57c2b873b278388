"""满意度测评: after a project is finished, the people and the representatives say whether it is any good."""
