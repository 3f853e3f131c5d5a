"""Any request that becomes a job, planned by the one that knows how."""

from pipeline.actions.bakeoff import Bakeoff
from pipeline.actions.judge import JudgeRun
from pipeline.actions.registry import JobRequest
from pipeline.actions.settle import SettleEvidence
from pipeline.actions.train import TrainLora
from pipeline.actions.upscale import UpscaleCells
from pipeline.lab.lab import Lab
from pipeline.plan.bakeoff import plan_bakeoff
from pipeline.plan.consent import must_stand
from pipeline.plan.controls import with_controls
from pipeline.plan.inputs import Defaults, Known
from pipeline.plan.judging import plan_judge
from pipeline.plan.making import plan_matrix
from pipeline.plan.plan import Plan
from pipeline.plan.settling import plan_settle
from pipeline.plan.training import plan_training
from pipeline.plan.upscale import plan_upscale


def plan_request(lab: Lab, request: JobRequest, defaults: Defaults, known: Known) -> Plan:
    """Plan and price. Opens every picture that it speaks of (CPU: call it on a thread). Spends nothing.

    Raises: RequestError, LabError.
    """
    if isinstance(request, TrainLora):
        return with_controls(lab, plan_training(lab, request, defaults, known), defaults, known)
    if isinstance(request, JudgeRun):
        plan = plan_judge(lab, request, defaults, known)
    elif isinstance(request, Bakeoff):
        plan = plan_bakeoff(lab, request, defaults, known)
    elif isinstance(request, SettleEvidence):
        plan = plan_settle(lab, request, defaults, known)
    elif isinstance(request, UpscaleCells):
        plan = plan_upscale(lab, request, defaults, known)
    else:
        plan = plan_matrix(lab, request, defaults, known)
    must_stand(lab, plan, known.day)
    return plan if isinstance(request, SettleEvidence) else with_controls(lab, plan, defaults, known)
