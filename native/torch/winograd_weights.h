// Weights into the 36 points and their gradients back, a vector of columns at a time. Included once per instruction
// set, after `Lanes` is defined.
#pragma once

#include "winograd_transform.h"

namespace coverslip::winograd {
namespace {

// A vector more than the matrix needs: with a power of two between matrices their lines would compete for a cache set.
inline int64_t matrixSize(int64_t rows, int64_t row) { return (rows * row / Lanes::kWidth | 1) * Lanes::kWidth; }

inline int64_t packedSize(int64_t rows, int64_t columns) { return matrixSize(rows, padded(columns)); }

// G, a row to a point: 1, x, x^2 over the product of the differences to the other finite points.
constexpr float kAtA = 1 / (2 * kA2 * (kA2 - kB2)), kAtB = 1 / (2 * kB2 * (kB2 - kA2));
constexpr float kFilter[kPoints][3] = {{1 / (kA2 * kB2), 0, 0},      {kAtA, kA* kAtA, kA2* kAtA},
                                       {kAtA, -kA* kAtA, kA2* kAtA}, {kAtB, kB* kAtB, kB2* kAtB},
                                       {kAtB, -kB* kAtB, kB2* kAtB}, {0, 0, 1}};

// G g G^T.
void packWeights(const Taps<const float>& taps, int64_t rows, int64_t columns, int64_t firstVector, int64_t lastVector,
                 float* packed) {
    const int64_t size = packedSize(rows, columns);
    const Panels panels(columns);
    for (int64_t vector = firstVector; vector < lastVector; ++vector) {
        const int64_t column = vector * Lanes::kWidth, step = panels.width(panels.of(vector)) * Lanes::kWidth;
        const int count = static_cast<int>(columns - column < Lanes::kWidth ? columns - column : Lanes::kWidth);
        float* const to = packed + packedOffset(rows, columns, 0, column);
        for (int64_t row = 0; row < rows; ++row) {
            alignas(64) float g[9][Lanes::kWidth] = {};
            for (int lane = 0; lane < count; ++lane)
                for (int tap = 0; tap < 9; ++tap) g[tap][lane] = *taps.at(row, column + lane, tap);
            Vector half[kPoints][3];
            for (int i = 0; i < kPoints; ++i)
                for (int x = 0; x < 3; ++x)
                    half[i][x] = kFilter[i][0] * Lanes::load(g[x]) + kFilter[i][1] * Lanes::load(g[3 + x]) +
                                 kFilter[i][2] * Lanes::load(g[6 + x]);
            float* const at = to + row * step;
            for (int i = 0; i < kPoints; ++i)
                for (int j = 0; j < kPoints; ++j)
                    Lanes::store(at + (i * kPoints + j) * size,
                                 half[i][0] * kFilter[j][0] + half[i][1] * kFilter[j][1] + half[i][2] * kFilter[j][2]);
        }
    }
}

// G^T m G of the sum of `parts` sums.
void unpackGradient(const float* sums, int64_t parts, int64_t rows, int64_t columns, int64_t firstVector,
                    int64_t lastVector, const Taps<float>& taps) {
    const int64_t sumRow = padded(columns), size = roundUp(rows, kRowsAtOnce) * sumRow;
    for (int64_t vector = firstVector; vector < lastVector; ++vector) {
        const int64_t column = vector * Lanes::kWidth;
        const int count = static_cast<int>(columns - column < Lanes::kWidth ? columns - column : Lanes::kWidth);
        for (int64_t row = 0; row < rows; ++row) {
            Vector half[3][kPoints] = {};
            for (int i = 0; i < kPoints; ++i)
                for (int j = 0; j < kPoints; ++j) {
                    const float* const at = sums + (i * kPoints + j) * size + row * sumRow + column;
                    Vector m = Lanes::load(at);
                    for (int64_t part = 1; part < parts; ++part) m += Lanes::load(at + part * kProducts * size);
                    for (int y = 0; y < 3; ++y) half[y][j] += kFilter[i][y] * m;
                }
            alignas(64) float g[9][Lanes::kWidth];
            for (int y = 0; y < 3; ++y)
                for (int x = 0; x < 3; ++x) {
                    Vector sum{};
                    for (int j = 0; j < kPoints; ++j) sum += half[y][j] * kFilter[j][x];
                    Lanes::store(g[y * 3 + x], sum);
                }
            for (int lane = 0; lane < count; ++lane)
                for (int tap = 0; tap < 9; ++tap) *taps.at(row, column + lane, tap) = g[tap][lane];
        }
    }
}

}  // namespace
}  // namespace coverslip::winograd
