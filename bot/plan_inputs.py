"""What the ledger knows of earlier charges, to price next steps by."""

from bot.bench import Bench
from bot.ledger import money, remedies, trainings
from pipeline.advice.next_steps import Prices
from pipeline.makers.trainers import TRAINERS
from pipeline.prices import IMAGE_MODEL


async def past_prices(bench: Bench, model: str) -> Prices:
    """Prices for steps that would be judged by this model."""
    judging, _took = await bench.ledger.run(money.history, model)
    images, _took = await bench.ledger.run(money.history, IMAGE_MODEL)
    return Prices(
        judging=judging,
        images=images,
        trainer=TRAINERS[bench.settings.trainer],
        trainings=await bench.ledger.run(trainings.history, bench.settings.trainer),
        learnt=await bench.ledger.run(remedies.cases),
    )
