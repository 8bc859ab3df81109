// Computes FOLDER/*.onnx with OpenCV's dnn and compares with what the program said of the same images.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <opencv2/dnn.hpp>
#include <vector>

static cv::Mat read(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    int32_t rank = 0;
    stream.read(reinterpret_cast<char*>(&rank), sizeof rank);
    std::vector<int> sides(rank);
    stream.read(reinterpret_cast<char*>(sides.data()), sizeof(int) * rank);
    cv::Mat values(rank, sides.data(), CV_32F);
    stream.read(values.ptr<char>(), static_cast<std::streamsize>(values.total() * sizeof(float)));
    return values;
}

int main(int, char** arguments) {
    int wrong = 0;
    for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
        auto path = entry.path();
        if (path.extension() != ".onnx") continue;
        try {
            auto net = cv::dnn::readNetFromONNX(path.string());
            net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
            net.setInput(read(path.replace_extension("images")));
            const cv::Mat said = net.forward();
            const cv::Mat wanted = read(path.replace_extension("output"));
            const double off = cv::norm(said.reshape(1, 1), wanted.reshape(1, 1)) / cv::norm(wanted.reshape(1, 1));
            std::printf("OpenCV %s %s: off by %.1e of the norm\n", CV_VERSION, path.stem().c_str(), off);
            wrong += !(off <= 1e-5);
        } catch (const cv::Exception& error) {
            std::printf("OpenCV %s %s: %s\n", CV_VERSION, path.stem().c_str(), error.what());
            ++wrong;
        }
    }
    return wrong > 0;
}
