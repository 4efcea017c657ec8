"""A question to answer before the lesson does."""

from widgets.prediction.prediction import Prediction, predict

__all__ = ["Prediction", "predict"]
