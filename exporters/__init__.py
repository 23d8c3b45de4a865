"""Pure renderings of published Assessments, each ignorant of the others."""
