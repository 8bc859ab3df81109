// Random forests and support vector machines, as OpenCV's ml module has them.
#include <cstdlib>
#include <cstring>
#include <memory>

#include <opencv2/ml.hpp>

#include "error.h"
#include "imaging.h"

struct ci_learner {
    cv::Ptr<cv::ml::RTrees> forest;
    cv::Ptr<cv::ml::SVM> machine;
    cv::Ptr<cv::ml::StatModel> model() const {
        return forest ? forest.staticCast<cv::ml::StatModel>() : machine.staticCast<cv::ml::StatModel>();
    }
};

namespace {

constexpr int forest_kind = 0, machine_kind = 1;

cv::Mat features_of(const ci_samples& samples) {
    if (samples.features == nullptr || samples.rows < 1 || samples.columns < 1)
        throw ci::failure("samples need features, rows and columns");
    return cv::Mat(samples.rows, samples.columns, CV_32F, const_cast<float*>(samples.features));
}

cv::Ptr<cv::ml::TrainData> training(const ci_samples& samples) {
    if (samples.labels == nullptr) throw ci::failure("training samples need labels");
    const cv::Mat labels(samples.rows, 1, CV_32S, const_cast<std::int32_t*>(samples.labels));
    double least = 0, greatest = 0;
    cv::minMaxLoc(labels, &least, &greatest);
    if (least == greatest) throw ci::failure("all training samples have one label; two are needed");
    return cv::ml::TrainData::create(features_of(samples), cv::ml::ROW_SAMPLE, labels);
}

// OpenCV draws bootstrap samples and the features of a split from the thread's generator.
void train(cv::ml::StatModel& model, const ci_samples& samples, std::uint64_t seed) {
    cv::theRNG() = cv::RNG(seed + 1);
    if (!model.train(training(samples))) throw ci::failure("OpenCV's training gave no model");
}

void check_width(const ci_learner& learner, const ci_samples& samples) {
    const int trained = learner.model()->getVarCount();
    if (samples.columns != trained)
        throw ci::failure("the samples have " + std::to_string(samples.columns) +
                          " features, the model was trained on " + std::to_string(trained));
}

}  // namespace

CI_EXPORT int ci_forest_train(const ci_samples* samples, const ci_forest_options* options, std::uint64_t seed,
                              ci_learner** out) {
    return ci::guarded([&] {
        if (options->trees < 1 || options->depth < 1 || options->least < 1 || options->features < 0)
            throw ci::failure("a forest needs at least one tree, one level, one sample and no negative features");
        auto learner = std::make_unique<ci_learner>();
        learner->forest = cv::ml::RTrees::create();
        learner->forest->setTermCriteria(cv::TermCriteria(cv::TermCriteria::MAX_ITER, options->trees, 0));
        learner->forest->setMaxDepth(options->depth);
        learner->forest->setMinSampleCount(options->least);
        learner->forest->setActiveVarCount(options->features);
        train(*learner->forest, *samples, seed);
        *out = learner.release();
    });
}

CI_EXPORT int ci_svm_train(const ci_samples* samples, double c, double gamma, ci_learner** out) {
    return ci::guarded([&] {
        if (!(c > 0) || !(gamma > 0)) throw ci::failure("c and gamma are greater than 0");
        auto learner = std::make_unique<ci_learner>();
        learner->machine = cv::ml::SVM::create();
        learner->machine->setType(cv::ml::SVM::C_SVC);
        learner->machine->setKernel(cv::ml::SVM::RBF);
        learner->machine->setC(c);
        learner->machine->setGamma(gamma);
        learner->machine->setTermCriteria(
            cv::TermCriteria(cv::TermCriteria::MAX_ITER + cv::TermCriteria::EPS, 1000000, 1e-6));
        train(*learner->machine, *samples, 0);
        *out = learner.release();
    });
}

CI_EXPORT int ci_forest_votes(const ci_learner* learner, const ci_samples* samples, std::int32_t* votes, int classes) {
    return ci::guarded([&] {
        if (!learner->forest) throw ci::failure("the model is no forest");
        check_width(*learner, *samples);
        cv::Mat counted;  // first row the labels of its columns, then a row of votes per sample
        learner->forest->getVotes(features_of(*samples), counted, 0);
        std::memset(votes, 0, sizeof(*votes) * static_cast<std::size_t>(samples->rows) * classes);
        for (int column = 0; column < counted.cols; ++column) {
            const int label = counted.at<int>(0, column);
            if (label < 0 || label >= classes)
                throw ci::failure("the forest has a label " + std::to_string(label) + " of " + std::to_string(classes) +
                                  " classes");
            for (int row = 0; row < samples->rows; ++row)
                votes[static_cast<std::size_t>(row) * classes + label] = counted.at<int>(row + 1, column);
        }
    });
}

CI_EXPORT int ci_svm_decisions(const ci_learner* learner, const ci_samples* samples, float* decisions) {
    return ci::guarded([&] {
        if (!learner->machine) throw ci::failure("the model is no support vector machine");
        check_width(*learner, *samples);
        cv::Mat values;
        learner->machine->predict(features_of(*samples), values, cv::ml::StatModel::RAW_OUTPUT);
        // OpenCV's decision value is positive for the smaller label.
        for (int row = 0; row < samples->rows; ++row) decisions[row] = -values.at<float>(row);
    });
}

CI_EXPORT int ci_learner_save(const ci_learner* learner, std::uint8_t** out, std::size_t* size) {
    return ci::guarded([&] {
        cv::FileStorage storage("learner.yml", cv::FileStorage::WRITE | cv::FileStorage::MEMORY);
        storage << "learner"
                << "{";
        learner->model()->write(storage);
        storage << "}";
        const std::string text = storage.releaseAndGetString();
        auto* copy = static_cast<std::uint8_t*>(std::malloc(text.size()));
        if (copy == nullptr) throw std::bad_alloc();
        std::memcpy(copy, text.data(), text.size());
        *out = copy;
        *size = text.size();
    });
}

CI_EXPORT int ci_learner_load(const std::uint8_t* data, std::size_t size, int kind, ci_learner** out) {
    return ci::guarded([&] {
        if (kind != forest_kind && kind != machine_kind) throw ci::failure("kind is 0 (forest) or 1 (machine)");
        const std::string text(reinterpret_cast<const char*>(data), size);
        auto learner = std::make_unique<ci_learner>();
        if (kind == forest_kind)
            learner->forest = cv::Algorithm::loadFromString<cv::ml::RTrees>(text);
        else
            learner->machine = cv::Algorithm::loadFromString<cv::ml::SVM>(text);
        if (!learner->model() || !learner->model()->isTrained()) throw ci::failure("the text holds no trained model");
        *out = learner.release();
    });
}

CI_EXPORT void ci_learner_close(ci_learner* learner) { delete learner; }
