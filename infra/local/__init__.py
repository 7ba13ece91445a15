"""The whole service on one machine: AWS, the mailbox, the pages and the jobs."""
