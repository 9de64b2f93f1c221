# R's numbers for geomin and partial target rotation. Run in this folder: Rscript rotation.R
# (reads teams.csv, writes rotation.json)
suppressPackageStartupMessages({ library(psych); library(GPArotation); library(jsonlite) })
data <- read.csv("teams.csv")[c(paste0("a", 1:5), paste0("b", 1:4), paste0("c", 1:5))]
loadings <- unclass(fa(cor(data), 3, n.obs = nrow(data), fm = "minres", rotate = "none")$loadings)
attributes(loadings) <- list(dim = dim(loadings))
set.seed(1)
starts <- c(list(diag(3)), lapply(1:30, function(i) Random.Start(3)))
fits <- lapply(starts, function(start) suppressWarnings(
  GPFoblq(loadings, Tmat = start, method = "geomin", methodArgs = list(delta = 0.01), eps = 1e-9, maxit = 20000)))
values <- sapply(fits, function(fit) fit$Table[nrow(fit$Table), 2])
best <- fits[[which.min(values)]]
wanted <- matrix(0, 14, 3); weight <- matrix(1, 14, 3)
weight[1:5, 1] <- 0; weight[6:9, 2] <- 0; weight[10:14, 3] <- 0
turned <- suppressWarnings(GPFoblq(loadings, method = "pst", methodArgs = list(W = weight, Target = wanted),
  eps = 1e-9, maxit = 20000))
write(toJSON(list(geomin = list(loadings = best$loadings, phi = best$Phi, value = min(values)),
  target = list(loadings = turned$loadings, phi = turned$Phi),
  versions = list(R = R.version.string, GPArotation = as.character(packageVersion("GPArotation")))),
  auto_unbox = TRUE, digits = NA), "rotation.json")
