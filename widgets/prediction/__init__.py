"""A question that a reader answers before the lesson computes the answer."""

from widgets.prediction.prediction import Prediction, predict

__all__ = ["Prediction", "predict"]
