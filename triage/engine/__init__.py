"""The judgement: pure Python, no Django, no sentences. It answers in slugs, points and reasons."""
