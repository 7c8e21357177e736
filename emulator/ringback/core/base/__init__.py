"""What everything else is said in: spans, headers, hosts, ids, masks, refusals."""
