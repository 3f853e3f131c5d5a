"""Any request that becomes a job, planned by the one that knows how."""

from pipeline.consent import must_stand
from pipeline.lab import Lab
from pipeline.plan import Defaults, Known, Plan
from pipeline.plan_judging import plan_judge
from pipeline.plan_making import plan_matrix
from pipeline.plan_training import plan_training
from pipeline.requests import JobRequest, JudgeRun, TrainLora


def plan_request(lab: Lab, request: JobRequest, defaults: Defaults, known: Known) -> Plan:
    """Plan and price. Opens every picture that it speaks of (CPU: call it on a thread). Spends nothing.

    Raises: RequestError, LabError.
    """
    if isinstance(request, TrainLora):
        return plan_training(lab, request, defaults, known)
    if isinstance(request, JudgeRun):
        plan = plan_judge(lab, request, defaults, known)
    else:
        plan = plan_matrix(lab, request, defaults, known)
    must_stand(lab, plan, known.day)
    return plan
