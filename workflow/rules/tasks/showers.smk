ARTEFACTS |= {
    "predictions": rules.train_embedding.output.predictions,
    "embedding_metrics": rules.train_embedding.output.metrics,
}
