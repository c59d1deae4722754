"""Estimators: models behind scikit-learn's interface, from raw tables to class names or numbers in their units."""

from nn.estimators.classifier import Classifier
from nn.estimators.interface import model_of
from nn.estimators.regressor import Regressor

__all__ = ["Classifier", "Regressor", "model_of"]
