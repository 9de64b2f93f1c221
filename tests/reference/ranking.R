# Reference numbers for rankings: conditional and complete dominance and squared semipartial
# correlations by loops over lm, group means, and factor correlations of an ordinal model.
# Reads teams.csv, cfa_nested.csv, writes ranking.json; run in this folder.
suppressPackageStartupMessages({library(lavaan); library(jsonlite)})
teams <- read.csv("teams.csv")
y <- rowMeans(teams[paste0("c", 1:5)])
names_x <- c("a1", "a2", "a3", "b1", "b2")
X <- as.matrix(teams[names_x])
r2_of <- function(y, X) function(s) {
  if (length(s) == 0) return(0)
  summary(lm(y ~ X[, s, drop = FALSE]))$r.squared
}
subsets <- function(k) lapply(0:(2^k - 1), function(b) which(bitwAnd(b, 2^(0:(k - 1))) > 0))
tables <- function(y, X) {
  k <- ncol(X); r2 <- r2_of(y, X)
  conditional <- sapply(1:k, function(i) sapply(0:(k - 1), function(size) {
    others <- Filter(function(s) length(s) == size && !(i %in% s), subsets(k))
    mean(sapply(others, function(s) r2(c(s, i)) - r2(s)))
  }))  # rows: number of others, columns: predictors
  complete <- outer(1:k, 1:k, Vectorize(function(i, j) {
    if (i == j) return(FALSE)
    neither <- Filter(function(s) !(i %in% s) && !(j %in% s), subsets(k))
    all(sapply(neither, function(s) r2(c(s, i)) > r2(c(s, j))))
  }))
  list(conditional = as.vector(conditional), complete = as.vector(t(complete)),
       semipartial = sapply(1:k, function(i) r2(1:k) - r2(setdiff(1:k, i))))
}
means <- aggregate(cbind(y = y, X), list(unit = teams$unit), mean)
draw <- read.csv("cfa_nested.csv")
items <- paste0("x", 1:12)
model <- "a =~ x1 + x2 + x3 + x4\nb =~ x5 + x6 + x7 + x8\nc =~ x9 + x10 + x11 + x12"
fit <- cfa(model, draw, ordered = items, estimator = "WLSMV", std.lv = TRUE, cluster = NULL)
psi <- lavInspect(fit, "cor.lv")
rows <- c("a~~b", "a~~c", "b~~c")
write_json(
  list(versions = list(lavaan = as.character(packageVersion("lavaan"))),
       persons = tables(y, X),
       groups = tables(means$y, as.matrix(means[names_x])),
       factors = list(general = {
         r <- psi["c", c("a", "b")]; full <- as.numeric(r %*% solve(psi[1:2, 1:2], r))
         c((r[1]^2 + full - r[2]^2) / 2, (r[2]^2 + full - r[1]^2) / 2)
       }, covariance = as.vector(vcov(fit)[rows, rows]))),
  "ranking.json", digits = I(12), auto_unbox = TRUE, pretty = 1)
