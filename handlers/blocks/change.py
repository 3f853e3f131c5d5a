"""What can be changed about a plan that waits, as the fields of a modal."""

from handlers.blocks.forms import checkboxes, number_input, text_input
from handlers.blocks.kit import Block
from pipeline.actions.matrix import ExtendMatrix, RerunMatrix
from pipeline.actions.train import TrainLora
from pipeline.plan.change import PARTS, seeds_of
from pipeline.plan.plan import Plan


def changeable(plan: Plan) -> bool:
    return bool(_fields(plan))


def _fields(plan: Plan) -> list[Block]:
    """What can be changed about a plan, as it stands."""
    made: list[Block] = []
    if plan.training:
        parameters = plan.training.parameters
        steps = parameters.get("steps") or parameters.get("training_steps") or 1000
        made.append(
            number_input("steps", "Steps", steps, 3, 6000, "1,000 is usual; twice the steps cost twice the money.")
        )
        if "lora_rank" in parameters:
            made.append(
                number_input(
                    "lora_rank",
                    "Rank",
                    parameters["lora_rank"],
                    1,
                    128,
                    "16 is usual; more holds more detail, and more of what should not be learnt.",
                )
            )
    if isinstance(plan.request, TrainLora | RerunMatrix | ExtendMatrix) and seeds_of(plan):
        made.append(text_input("seeds", "Seeds of the matrix", value=", ".join(map(str, seeds_of(plan))), most=3000))
    if plan.training:
        struck = (plan.request.without if isinstance(plan.request, TrainLora) else None) or ()
        made.append(checkboxes("parts", "After the training", PARTS, [part for part in PARTS if part not in struck]))
    return made
