# R's factor scores: regression scores of answers taken as numbers, empirical Bayes modal ones of
# ordinal answers. Run in this folder: Rscript factor_scores.R   (writes factor_scores.json)
suppressPackageStartupMessages({library(lavaan); library(jsonlite)})
nested <- read.csv("cfa_nested.csv")
layered <- read.csv("cfa_layered.csv")
yes_no <- read.csv("cfa_yes_no.csv")
few <- read.csv("cfa_few.csv")
holed <- nested  # gaps by rule, so that they need no file of their own
row <- seq_len(nrow(nested))
for (item in 1:12) holed[(row^2 + 3 * row * item + 5 * item) %% 23 == 0, paste0("x", item)] <- NA
loads <- function(factor, numbers) paste0(factor, " =~ ", paste0("x", numbers, collapse = " + "))
lines <- function(...) paste(..., sep = "\n")
three <- lines(loads("a", 1:4), loads("b", 5:8), loads("c", 9:12))
layers <- lines(loads("a", 1:3), loads("b", 4:6), loads("c", 7:9), loads("d", 10:12))
second <- lines(layers, "g =~ a + b + c + d")
bifactor <- lines(loads("g", 1:12), layers, "g ~~ 0*a + 0*b + 0*c + 0*d", "a ~~ 0*b + 0*c + 0*d",
                  "b ~~ 0*c + 0*d", "c ~~ 0*d")
path <- lines(layers, "c ~ a + b", "d ~ a + b")
two <- lines(loads("a", 1:4), loads("b", 5:8))
short <- lines(loads("a", 1:3), loads("b", 4:6))
shown <- 30
exact <- list(rel.tol = 1e-14)
# The likeliest factors and their errors from lavaan's estimates, where its optimiser stops early
# (it ends at a relative gain of 1e-8) and takes the first group's loadings for every group.
posterior <- function(estimates, answers, start) {
  covariance <- estimates$variance
  inverse <- solve(covariance)
  width <- sqrt(1 - diag(estimates$lambda %*% covariance %*% t(estimates$lambda)))
  value <- function(eta) {
    place <- as.vector(estimates$lambda %*% eta)
    parts <- vapply(seq_along(answers), function(item) {
      if (is.na(answers[item])) return(0)
      cuts <- c(-Inf, estimates$tau[[item]], Inf)
      log(pnorm((cuts[answers[item] + 1] - place[item]) / width[item]) -
          pnorm((cuts[answers[item]] - place[item]) / width[item]))
    }, 0)
    0.5 * sum(eta * (inverse %*% eta)) - sum(parts)
  }
  step <- rep(1e-4, length(start))
  found <- optim(start, value, method = "BFGS", control = list(reltol = 1e-15, ndeps = step))
  curvature <- optimHess(found$par, value, control = list(ndeps = 10 * step))
  list(score = found$par, error = sqrt(diag(solve(curvature))))
}
modes <- function(fit, group, rows, start) {
  inspected <- function(what) {
    found <- lavInspect(fit, what)
    if (lavInspect(fit, "ngroups") > 1) found[[group]] else found
  }
  estimates <- inspected("est")
  items <- rownames(estimates$lambda)
  own <- sub("[|].*", "", rownames(estimates$tau))
  estimates$tau <- lapply(items, function(item) estimates$tau[own == item, 1])
  estimates$lambda <- unclass(estimates$lambda)
  estimates$variance <- unclass(inspected("cov.lv"))
  answers <- unclass(inspected("data"))
  lapply(rows, function(row) posterior(estimates, answers[row, ], start[row, ]))
}
of <- function(model, data, method, ...) {
  fit <- suppressWarnings(sem(model, data, ...))
  stopifnot(lavInspect(fit, "converged"))
  regression <- method == "regression"
  scores <- lavPredict(fit, method = method, se = if (regression) "standard" else "none")
  errors <- attr(scores, "se")
  places <- lavInspect(fit, "case.idx")
  if (!is.list(places)) { places <- list(places); scores <- list(scores) }
  columns <- colnames(scores[[1]])
  lapply(seq_along(scores), function(group) {
    taken <- seq_len(min(shown, nrow(scores[[group]])))
    error <- if (regression) errors[[group]][if (nrow(errors[[group]]) > 1) taken else 1, ]
    out <- list(factors = columns, row = places[[group]][taken],
                score = unname(unclass(scores[[group]])[taken, , drop = FALSE][, ]),
                error = if (regression) unname(error))
    if (!regression) {
      exact_modes <- modes(fit, group, taken, unclass(scores[[group]]))
      out$mode <- t(vapply(exact_modes, `[[`, scores[[group]][1, ], "score"))
      out$error <- t(vapply(exact_modes, `[[`, scores[[group]][1, ], "error"))
      dimnames(out$mode) <- dimnames(out$error) <- NULL
    }
    out
  })
}
num <- function(model, data, ...)
  of(model, data, "regression", ..., control = exact, optim.force.converged = TRUE)
ord <- function(model, data, ...) of(model, data, "EBM", ..., ordered = TRUE, estimator = "WLSMV")
scores <- list(
  ml = num(three, nested),
  mlr_listwise = num(three, holed, estimator = "MLR"),
  ml_second = num(second, layered),
  ml_bifactor = num(bifactor, layered),
  ml_path = num(path, layered),
  ml_group = num(three, nested, group = "part", group.equal = c("loadings", "intercepts")),
  fiml = num(three, holed, missing = "fiml"),
  fiml_group = num(three, holed, missing = "fiml", group = "part"),
  wlsmv = ord(three, nested),
  wlsmv_yes_no = ord(two, yes_no),
  wlsmv_pairwise = ord(short, few, missing = "pairwise"),
  wlsmv_group = ord(three, nested, group = "part"),
  wlsmv_night = ord(three, nested[nested$part == "night", ]),
  wlsmv_second = ord(second, layered),
  wlsmv_path = ord(path, layered))
versions <- list(lavaan = as.character(packageVersion("lavaan")),
                 R = paste(R.version$major, R.version$minor, sep = "."))
write_json(list(versions = versions, scores = scores), "factor_scores.json", digits = I(10),
           auto_unbox = TRUE, na = "null", null = "null")
