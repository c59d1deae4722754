"""Six lessons that run: short experiments that end in a picture and in a claim that could fail.

``python -m nn lesson`` lists them, ``python -m nn lesson NAME`` runs one; ``docs/lessons`` shows what comes out.
"""

from autograd import UnknownNameError
from nn.lessons import batch_sum, bias_one, pressure, relu_keeps_active, saturation, symmetry
from nn.lessons.lesson import Lesson, Outcome
from nn.lessons.pages import index, page

__all__ = ["LESSONS", "Lesson", "Outcome", "index", "lesson_named", "page"]

#: Every lesson by name, in the order in which to read them.
LESSONS: dict[str, Lesson] = {
    lesson.name: lesson
    for lesson in (
        bias_one.LESSON,
        saturation.LESSON,
        symmetry.LESSON,
        batch_sum.LESSON,
        pressure.LESSON,
        relu_keeps_active.LESSON,
    )
}


def lesson_named(name: str) -> Lesson:
    """Return the lesson of that name; ``UnknownNameError`` with the nearest right one if there is none.

    >>> lesson_named("symmetry").title[0]
    'Equal neurons never part'
    """
    if name not in LESSONS:
        raise UnknownNameError("lesson", name, LESSONS)
    return LESSONS[name]
